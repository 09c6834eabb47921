// A device on the public npm client. usage: node device.mjs <base> <userName> <password> <deviceId> [json|msgpack]
// Prints one JSON line for everything it shows or is told; takes {"act":{…}} lines on standard input.
import { createInterface } from "node:readline";
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";

const [base, userName, password, deviceId, protocol = "json"] = process.argv.slice(2);
const print = line => process.stdout.write(JSON.stringify({ t: Date.now(), ...line }) + "\n");
const shown = new Map();
let token = "";

async function signIn() {
  const answer = await fetch(`${base}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ userName, password, deviceId }),
  });
  if (!answer.ok) throw new Error(`sign-in: ${answer.status}`);
  token = (await answer.json()).accessToken;
}

function show(card) {
  if ((shown.get(card.id) ?? 0) >= card.version) return;
  shown.set(card.id, card.version);
  print({ shows: card });
}

const builder = new HubConnectionBuilder()
  .withUrl(`${base}/hubs/device`, { accessTokenFactory: () => token })
  .configureLogging(LogLevel.None);
if (protocol === "msgpack") builder.withHubProtocol(new MessagePackHubProtocol());
const hub = builder.build();
const refs = cards => cards.map(({ id, version }) => ({ id, version }));

hub.on("Sync", async cards => {
  for (const id of [...shown.keys()]) if (!cards.some(card => card.id === id)) { shown.delete(id); print({ removed: id }); }
  cards.forEach(show);
  print({ synced: cards.length });
  if (cards.length > 0) await hub.send("Ack", refs(cards));
});
hub.on("Upsert", async card => { show(card); await hub.send("Ack", refs([card])); });
hub.on("Remove", async (id, version) => {
  if ((shown.get(id) ?? Infinity) <= version) { shown.delete(id); print({ removed: id }); }
  await hub.send("Ack", [{ id, version }]);
});
hub.on("SessionEnded", reason => print({ ended: reason }));

let ended = false;
async function connect() {
  while (!ended) {
    try {
      await signIn();
      await hub.start();
      await hub.invoke("Hello", { deviceId, platform: "node", appVersion: "1", have: [...shown].map(([id, version]) => ({ id, version })) });
      print({ connected: true });
      return;
    } catch {
      await hub.stop();
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
}
hub.onclose(() => { print({ closed: true }); connect(); });

createInterface({ input: process.stdin }).on("line", async line => {
  try {
    print({ acted: await hub.invoke("Act", JSON.parse(line).act) });
  } catch (error) {
    print({ failed: error.message });
  }
}).on("close", () => { ended = true; process.exit(0); });
await connect();
