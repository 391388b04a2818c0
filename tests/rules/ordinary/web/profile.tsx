import DOMPurify from "dompurify";
import { useState } from "react";

type Props = { name: string; biography: string; onSave: (password: string) => void };

export function Profile({ name, biography, onSave }: Props) {
  const [password, setPassword] = useState("");
  const params = new URLSearchParams(window.location.search);
  const tab = params.get("tab") ?? "about";
  return (
    <section>
      <h1>{name}</h1>
      <p>{tab}</p>
      <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(biography) }} />
      <input type="password" placeholder="Password" value={password} onChange={(e) => setPassword(e.target.value)} />
      <button onClick={() => onSave(password)}>Save</button>
    </section>
  );
}
