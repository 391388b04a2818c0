"""Every sentence that a check can end with, by the code that the worker answers. No word of a file is in any of them."""

PARSES = {
    "unparsed": "the file as it is could not be parsed",
    "syntax": "the patched file has a syntax error that the file did not have",
    "brackets": "brackets or quotes are not closed as they were",
    "tabs": "a tab indents a line of YAML",
    "indent": "a line is indented as none around it is",
    "large": "the file is too large to be taken apart",
}
IN_PLACE = {
    "beside": "it changes lines outside of the change's own, and not only imports at the top of the file",
    "unbound": "a name that an import at the top gave is gone",
    "rebound": "an import gives a name that the file has for something else",
}
KNOWN_IMPORTS = {
    "relative": "it imports a file that the repository does not import elsewhere",
    "unknown": "it imports what neither the repository, the standard library nor the approved lists know",
}
FORBIDDEN = {
    "code": "it runs text as code, or loads code by name",
    "attribute": "it reads or sets an attribute by a name that is not written out",
    "dunder": "it reaches into the interpreter by a name with two underscores",
    "shell": "it starts a shell",
    "process": "it starts a program that was not started before",
    "tls": "it switches off a check of certificates or host names",
    "objects": "it loads objects that can run code when they are read",
    "network": "it opens a connection that was not there before",
    "mode": "it opens a file to others",
    "broad": "it catches every error",
    "swallow": "it catches an error and goes on as if nothing had happened",
    "suppression": "it tells a scanner or another tool to look away",
    "order": "it holds a comment that talks to a tool",
    "encoding": "it says that the file is in another encoding",
    "address": "it names an address that the file did not name",
    "blob": "it holds encoded data that the file did not hold",
    "secret": "it holds what looks like a secret",
    "decorator": "it adds, changes or takes away a decorator",
    "global": "it reaches for names of another scope",
    "foreign": "it changes a module that it imports, or a name that means something else",
    "exit": "it ends the program",
    "module": "it imports a module that a remedy has no use for",
    "unused": "it imports what it does not use",
    "call": "it calls what neither the mended lines nor the list of remedies know",
    "word": "it brings text that was not there before",
    "value": "it brings a value that no remedy needs",
    "name": "it uses names that the file does not have",
    "operator": "it changes how conditions are decided",
    "write": "it writes to what it did not write to before",
    "comment": "it brings a comment",
    "build": "it gives an order to the compiler",
}
WORK_KEPT = {
    "nowhere": "it uses a name that nothing in the file gives",
    "elsewhere": "it changes statements that have nothing to do with the finding",
    "structure": "what stands around other lines is no longer the same",
    "definition": "it adds or loses a function or a class",
    "flow": "a return, raise, loop, try or condition is lost or added",
    "guard": "it adds a condition that does more than refuse",
    "call": "a call is lost that made the code useful",
    "name": "a value is no longer used or no longer set",
    "word": "part of a text is lost",
    "moved": "a text puts its values in at other places",
    "operator": "it changes how conditions are decided",
    "value": "a value is lost or changed",
    "argument": "an argument is lost",
    "comment": "a comment is lost",
    "blank": "it changes empty lines where the finding is not",
    "statement": "it adds a statement of a kind that no remedy needs",
    "unknown": "for this kind of file nobody can tell whether the work is kept",
}
NOTES = {
    "text": "there is no grammar for this language; brackets and quotes were compared",
}
BROKEN = "the patched file could not be taken apart"
