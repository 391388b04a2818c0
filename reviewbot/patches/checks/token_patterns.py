"""What no patch may bring into a file of another language than Python, as data: families of languages, code, pattern."""

import re

ANY = "*"
PATTERNS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (families, code, re.compile(pattern, re.IGNORECASE if families == ANY else 0))
    for families, code, pattern in (
        (ANY, "tls", r"insecure_?skip_?(?:tls_?)?verify\W{1,6}true|verify[_-]?none\b|sslmode\s*=\s*disable|(?<!skip)(?<!skip[_-])(?<!skip(?:tls|ssl))(?<!skip[_-](?:tls|ssl)[_-])verify(?:_?ssl|_?peer|_?host|_?tls)?\W{1,6}(?:false|0|off|no)\b|(?:reject_?unauthorized|strict_?ssl|check_?hostname)\W{1,6}(?!true\b)\w|tls_reject_unauthorized|allow_?all_?hostname|noop_?hostname|trust_?all|accept_invalid|--insecure\b|--no-check-certificate|skip-(?:tls|ssl)(?:-verify)?(?!\W{1,6}false)(?![\w-])|tls-verify\s*=\s*false|\bcurl\b[^\n]*\s-k\b"),
        (ANY, "mode", r"\b0?o?777\b|\b0?o?666\b|chmod\s+(?:a|o|ugo)\+|\bworld_?writable"),
        (ANY, "swallow", r"catch\s*(?:\([^()]*\))?\s*\{\s*\}|\.catch\(\s*(?:\(?\w*\)?\s*=>\s*(?:\{\s*\}|null|undefined)|function\s*\(\w*\)\s*\{\s*\})\s*\)|\|\|\s*true\b|\brescue\s+nil\b|\bset \+e\b|continue-on-error|allow_failure\W+true"),
        (ANY, "shell", r"shell\W{1,4}true|\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|/bin/(?:ba)?sh\b|\bsh\W{1,5}-c\b|cmd(?:\.exe)?\W{1,5}/c\b|powershell|/dev/tcp/"),
        (ANY, "code", r"\beval\s*[(\s`]|\bexec\s*\(\s*['\"`]"),
        (ANY, "exit", r"\b(?:process\.exit|os\.Exit|System\.exit|_exit|abort)\s*\(|\bexit!?\s*[(\d]"),
        ("script", "code", r"\bnew\s+Function\b|\bFunction\s*\(|\bset(?:Timeout|Interval)\s*\(\s*['\"`]|\bvm\.|\bimport\s*\(|\brequire\s*\(\s*[^'\"\s)]|\bglobalThis\b|\bReflect\.|\bprocess\.(?:binding|dlopen|mainModule)|\bmodule\.constructor|\bimportScripts|\bwith\s*\("),
        ("script", "dunder", r"__proto__|\.constructor\b|\[\s*['\"`]constructor|\.prototype\b|\bsetPrototypeOf|\bdefineProperty"),
        ("script", "process", r"\b(?:exec|execSync|execFile|execFileSync|spawn|spawnSync|fork)\s*\("),
        ("script", "network", r"\bfetch\s*\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b|\bhttps?\.(?:get|request)\b|\baxios\b|\bnet\.|\bdgram\b|\bgot\s*[.(]|\.src\s*="),
        ("script", "foreign", r"\b(?:process\.env(?:\.\w+|\[[^\]]*\])|module\.exports|exports\.\w+|document\.cookie|window\.\w+|document\.location|location(?:\.href)?)\s*=[^=]"),
        ("script", "write", r"\binnerHTML\b|\bouterHTML\b|\binsertAdjacentHTML\b|\bdocument\.write|dangerouslySetInnerHTML|bypassSecurityTrust|\b(?:writeFile|unlink|rm|rmdir)(?:Sync)?\s*\("),
        ("script", "broad", r"uncaughtException|unhandledRejection"),
        ("script", "objects", r"\bunserialize\b|\bserialize\b|postMessage\([^)]*['\"]\*['\"]"),
        ("go", "process", r"\bexec\.Command|\bsyscall\.|\bos\.StartProcess"),
        ("go", "code", r"\bunsafe\.|\bplugin\.|\breflect\.|\bgo:|\bimport \"C\"|\binit\s*\("),
        ("go", "network", r"\bhttp\.(?:Get|Post|PostForm|Head|NewRequest|Client)|\bnet\.(?:Dial|Listen)|\bsmtp\."),
        ("go", "swallow", r"\brecover\s*\(|_\s*(?:,\s*_\s*)?=\s*\w+\.\w+\(|,\s*_\s*:?="),
        ("java", "process", r"\bgetRuntime\b|\bProcessBuilder\b"),
        ("java", "code", r"\bClass\.forName|\bsetAccessible|\bScriptEngine|\bgetDeclared\w+|\bMethodHandles?\b|\bdefineClass|\bGroovyShell|\bSpelExpressionParser|\bSystem\.load"),
        ("java", "objects", r"\bObjectInputStream\b|\breadObject\b|\bXMLDecoder\b|\benableDefaultTyping"),
        ("java", "tls", r"\bX509TrustManager\b|\bHostnameVerifier\b|\bgetAcceptedIssuers\b|\bTrustStrategy\b"),
        ("java", "broad", r"catch\s*\(\s*(?:final\s+)?(?:Exception|Throwable|RuntimeException|Error)\b"),
        ("java", "network", r"\bnew\s+(?:URL|Socket|ServerSocket)\b|\bHttpClient\b|\bopenConnection\b|\bRestTemplate\b|\bWebClient\b"),
        ("java", "foreign", r"\bSystem\.setProperty|\bSecurity\.\w+Provider|\bsetSecurityManager"),
        ("c", "process", r"\b(?:system|popen|exec[lv]p?e?|fork|posix_spawnp?|dlopen|dlsym|ShellExecute\w*|CreateProcess\w*|WinExec)\s*\("),
        ("c", "code", r"\basm\b|\b__asm|\bgoto\b|\bmprotect\b|\bmmap\b|\bsetjmp\b|\blongjmp\b|\breinterpret_cast\b|\bconst_cast\b"),
        ("c", "build", r"#\s*(?:pragma|define|undef|if|ifdef|ifndef|else|elif|endif|error|line)\b|__attribute__|\[\["),
        ("c", "write", r"\b(?:gets|strcpy|strcat|sprintf|vsprintf|scanf|alloca|memcpy|memmove|strtok|mktemp|tmpnam|setuid|setgid|unlink|remove|rename)\s*\("),
        ("c", "network", r"\b(?:socket|connect|bind|listen|accept|send|sendto|recv|getaddrinfo)\s*\("),
        ("rust", "code", r"\bunsafe\b|\btransmute\b|\bextern\b|\binclude(?:_str|_bytes)?!|\basm!|\bfrom_raw|\bget_unchecked|\bstatic\s+mut\b|\bmacro_rules!|\bbuild\.rs"),
        ("rust", "process", r"\bCommand::new|\bprocess::"),
        ("rust", "network", r"\bTcp(?:Stream|Listener)\b|\bUdpSocket\b|\breqwest\b|\bhyper\b|\bureq\b"),
        ("rust", "swallow", r"\blet\s+_\s*=|\.ok\(\)\s*;|\bcatch_unwind\b"),
        ("ruby", "code", r"\b(?:instance|class|module)_(?:eval|exec)\b|\b(?:public_)?send\b|\b__send__\b|\bconst_get\b|\bconstantize\b|\bdefine_method\b|\bObjectSpace\b|\bbinding\b|\bmethod_missing\b|\binstance_variable_set\b|\balias(?:_method)?\b"),
        ("ruby", "process", r"\b(?:system|exec|spawn|fork)\b|`|%x|\bOpen3\b|\bpopen\b|\bKernel\b|\bopen\s*\(?\s*['\"]?\|"),
        ("ruby", "objects", r"\bMarshal\.|\bYAML\.(?:unsafe_)?load\b|\bPStore\b"),
        ("ruby", "broad", r"\brescue\s+(?:Exception|StandardError)\b|\brescue\s*(?:$|=>|;)"),
        ("ruby", "network", r"\bNet::|\bOpenURI\b|\bURI\.open\b|\bFaraday\b|\bHTTParty\b|\bTCPSocket\b"),
        ("ruby", "write", r"\bhtml_safe\b|\braw\b|\bFile\.(?:write|delete|rename|chmod)\b|\bFileUtils\b|\bskip_before_action\b|\bpermit!"),
        ("bash", "process", r"\b(?:curl|wget|nc|ncat|socat|ssh|scp|rsync|telnet|ftp|sudo|su|doas|xargs|nohup|at|crontab|exec|source|trap|alias|enable|base64|xxd|openssl|python\d?|perl|ruby|node|awk|find|dd|mkfifo|docker|kubectl)\b|^\s*\.\s|\$\(|`|<\("),
        ("bash", "write", r"\b(?:rm|mv|cp|ln|chown|chmod|mkfs|mount|kill|pkill|killall|shutdown|reboot|export|unset|declare|readonly|eval|set)\b|>{1,2}"),
        ("text yaml terraform dockerfile properties json", "process", r"\b(?:curl|wget|nc|bash|sh|sudo|python\d?|perl|node|eval|exec|base64)\b|\$\(|`|\blocal-exec\b|\bremote-exec\b|\bprovisioner\b|\bexternal\b"),
        ("text yaml terraform dockerfile properties json", "mode", r"privileged\W+true|hostNetwork\W+true|hostPID\W+true|hostIPC\W+true|hostPath|docker\.sock|runAsUser\W+0\b|allowPrivilegeEscalation\W+true|SYS_ADMIN|\bUSER\s+root\b|0\.0\.0\.0|::/0|public-read|publicly_accessible\W+true|:latest\b|\*"),
        ("text yaml terraform dockerfile properties json", "order", r"!!?\w+[/:]|<<:|&\w+\s|\{\{|\$\{|\$\[\["),
    )
)  # fmt: skip
"""Families are those of `languages`, or `ANY`. Case counts except for `ANY`."""
