//! The address in what well-known servers print.
#![allow(clippy::unwrap_used)]

use collodi_logs::find_url;
use insta::assert_snapshot;

const LINES: &[&str] = &[
    "INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)",
    "\x1b[32mINFO\x1b[0m:     Uvicorn running on \x1b[1mhttp://0.0.0.0:8000\x1b[0m (Press CTRL+C to quit)",
    "INFO:     Uvicorn running on http://[::]:8000 (Press CTRL+C to quit)",
    "* Running on local URL:  http://127.0.0.1:7860",
    "* Running on public URL: https://0123456789abcdef.gradio.live",
    "To create a public link, set `share=True` in `launch()`.",
    " * Running on http://127.0.0.1:5000",
    " * Running on all addresses (0.0.0.0)",
    "  Local URL: http://localhost:8501",
    "  Network URL: http://192.168.1.20:8501",
    "INFO 01-01 00:00:00 [api_server.py:1090] Starting vLLM API server on http://0.0.0.0:8000",
    "To see the GUI go to: http://127.0.0.1:8188",
    "        http://localhost:8888/lab?token=0123456789abcdef",
    "     or http://127.0.0.1:8888/lab?token=0123456789abcdef",
    "  \x1b[32m➜\x1b[39m  \x1b[1mLocal\x1b[22m:   \x1b[36mhttp://localhost:\x1b[1m5173\x1b[22m/\x1b[39m",
    "Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...",
    "Serving HTTP on :: port 8000 (http://[::]:8000/) ...",
    "main: server is listening on http://127.0.0.1:8080 - starting the main loop",
    "Starting server at http://127.0.0.1:8000/",
    "[INFO] Listening at: http://127.0.0.1:8000 (1234)",
    "\x1b]8;;http://127.0.0.1:1\x07click\x1b]8;;\x07 http://127.0.0.1:2",
    "Docs at https://docs.example.org/start, app at http://localhost:3000.",
    "Listening on http://localhost:{port}",
];

#[test]
fn addresses() {
    let row = |line: &&str| match find_url(line) {
        Some(url) => format!("{} | {:?} | {}\n", url, url.port, url.to_connect()),
        None => "none\n".to_owned(),
    };
    assert_snapshot!(LINES.iter().map(row).collect::<String>(), @r#"
    http://127.0.0.1:8000 | Some(8000) | http://127.0.0.1:8000
    http://0.0.0.0:8000 | Some(8000) | http://127.0.0.1:8000
    http://[::]:8000 | Some(8000) | http://[::1]:8000
    http://127.0.0.1:7860 | Some(7860) | http://127.0.0.1:7860
    https://0123456789abcdef.gradio.live | None | https://0123456789abcdef.gradio.live
    none
    http://127.0.0.1:5000 | Some(5000) | http://127.0.0.1:5000
    none
    http://localhost:8501 | Some(8501) | http://localhost:8501
    http://192.168.1.20:8501 | Some(8501) | http://192.168.1.20:8501
    http://0.0.0.0:8000 | Some(8000) | http://127.0.0.1:8000
    http://127.0.0.1:8188 | Some(8188) | http://127.0.0.1:8188
    http://localhost:8888/lab?token=0123456789abcdef | Some(8888) | http://localhost:8888/lab?token=0123456789abcdef
    http://127.0.0.1:8888/lab?token=0123456789abcdef | Some(8888) | http://127.0.0.1:8888/lab?token=0123456789abcdef
    http://localhost:5173/ | Some(5173) | http://localhost:5173/
    http://0.0.0.0:8000/ | Some(8000) | http://127.0.0.1:8000/
    http://[::]:8000/ | Some(8000) | http://[::1]:8000/
    http://127.0.0.1:8080 | Some(8080) | http://127.0.0.1:8080
    http://127.0.0.1:8000/ | Some(8000) | http://127.0.0.1:8000/
    http://127.0.0.1:8000 | Some(8000) | http://127.0.0.1:8000
    http://127.0.0.1:2 | Some(2) | http://127.0.0.1:2
    http://localhost:3000 | Some(3000) | http://localhost:3000
    none
    "#);
}
