// An empty handler in node-cds-hooks, a CDS Hooks framework for Node.js, of which FOLDER holds a copy with its packages.
//
// node bench/peer_app.mjs FOLDER PORT

import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, port] = process.argv.slice(2);
const { default: CDSServer, Service } = createRequire(import.meta.url)(resolve(folder));
const silent = (request, response, next) => next(); // instead of its line a call on the console
const server = new CDSServer({ morgan: silent });

for (const hook of ["patient-view", "order-select", "order-sign"]) {
  const definition = { hook, id: hook, name: hook, description: "Says nothing." };
  server.registerService(new Service(definition, (request, response) => response.json({ cards: [] })));
}
server.app.get("/readyz", (request, response) => response.json({}));
server.listen({ port: Number(port) });
