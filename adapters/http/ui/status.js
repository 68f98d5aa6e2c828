// What the server has to work with, in a line.

import { h } from "./dom.js";

/** The line; null is what a server says that has not answered yet. */
export function statusLine(status) {
  if (status === null) return "Connecting…";
  const facts = [
    status.healthy ? status.version : "Python not found: install python3 with venv",
    status.uv === "not found" ? "uv not found" : status.uv,
    status.conda === "available" ? "conda" : "no conda",
    status.appleSilicon ? `Apple Silicon, MLX ${status.mlx}${status.mlxEnv ? ` in ${status.mlxEnv}` : ""}` : "",
    ...machine(status.machine ?? {}),
  ];
  return facts.filter(Boolean).map((text) => h("span.fact", {}, text));
}

function machine({ platform, arch, ram, gpu, gpu_model: model, vram }) {
  const card = [model ?? gpu, vram && vram !== "0" ? `${vram} GiB` : null];
  return [
    [platform, arch].filter(Boolean).join(" "),
    ram ? `${ram} GiB of memory` : "",
    gpu === "none" ? "no GPU" : card.filter(Boolean).join(", "),
  ].filter(Boolean);
}
