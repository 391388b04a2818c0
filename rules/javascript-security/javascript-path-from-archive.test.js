const fs = require("fs");
const path = require("path");
const AdmZip = require("adm-zip");

parser.on("entry", (entry) => {
  // ruleid: javascript-path-from-archive
  entry.pipe(fs.createWriteStream("/srv/in/" + entry.fileName));
  // ok: javascript-path-from-archive
  entry.pipe(fs.createWriteStream(path.join("/srv/in", path.basename(entry.fileName))));
});

const archive = new AdmZip("in.zip");
for (const entry of archive.getEntries()) {
  const full = path.join("/srv/in", entry.entryName);
  // ruleid: javascript-path-from-archive
  fs.writeFileSync(full, entry.getData());
  if (path.relative("/srv/in", full).startsWith("..")) {
    throw new Error("outside");
  }
  // ok: javascript-path-from-archive
  fs.writeFileSync(full, entry.getData());
}
archive.getEntries().forEach((entry) => {
  // ruleid: javascript-path-from-archive
  fs.writeFileSync("/srv/in/" + entry.entryName, entry.getData());
});
for (const entry of manifest.files) {
  // ok: javascript-path-from-archive
  fs.writeFileSync(path.join(out, entry.path), entry.text);
}
