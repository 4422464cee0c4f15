// Draws labels by a renderer that is not ours: node render.mjs MODULES-FOLDER DOTS-A-MILLIMETRE, then one line a label on standard input:
// FILE.zpl WIDTH-MM HEIGHT-MM FILE.png
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, dots] = process.argv.slice(2);
const { ready } = await import(pathToFileURL(path.join(modules, "zpl-renderer-js", "dist", "index.esm.js")));
const { api } = await ready;
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [zpl, width, height, png] = line.split(" ");
  const picture = await api.zplToBase64Async(fs.readFileSync(zpl, "utf8"), Number(width), Number(height), Number(dots));
  fs.writeFileSync(png, Buffer.from(picture, "base64"));
}
process.exit(0);
