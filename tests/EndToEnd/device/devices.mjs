// Many devices on the public npm client. Takes one JSON line: {"address": "http://…", "devices": [{"name", "token"}]}.
// WebSockets only: the event-source fallback throws outside any promise when its connection is cut.
// Prints a JSON line for everything a device shows or is told.
import { createInterface } from "node:readline";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const lines = createInterface({ input: process.stdin });
const { address, devices } = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
lines.on("close", () => process.exit(0));

function run({ name, token }) {
  const shows = new Map();
  const say = (what, id, version) => process.stdout.write(JSON.stringify({ device: name, what, id, version }) + "\n");
  const hub = new HubConnectionBuilder().withUrl(`${address}/hubs/device`, { accessTokenFactory: () => token, skipNegotiation: true, transport: HttpTransportType.WebSockets }).configureLogging(LogLevel.None).build();
  const ack = async cards => { if (cards.length > 0) await hub.send("Ack", cards.map(({ id, version }) => ({ id, version }))).catch(() => {}); };
  const show = ({ id, version }) => { if ((shows.get(id) ?? 0) < version) { shows.set(id, version); say("shown", id, version); } };
  const remove = (id, version) => { shows.delete(id); say("removed", id, version); };
  hub.on("Sync", cards => {
    const ids = new Set(cards.map(card => card.id));
    for (const [id, version] of [...shows]) if (!ids.has(id)) remove(id, version);
    cards.forEach(show);
    say("synced", null, cards.length);
    return ack(cards);
  });
  hub.on("Upsert", card => { show(card); return ack([card]); });
  hub.on("Remove", (id, version) => { if ((shows.get(id) ?? Infinity) <= version) remove(id, version); return ack([{ id, version }]); });
  const connect = async () => {
    for (;;) {
      try {
        await hub.start();
        await hub.invoke("Hello", { deviceId: name, platform: "node", have: [...shows].map(([id, version]) => ({ id, version })) });
        return;
      } catch {
        await hub.stop().catch(() => {});
        await new Promise(resolve => setTimeout(resolve, 300));
      }
    }
  };
  let connecting = false;
  const again = async () => { if (!connecting) { connecting = true; await connect(); connecting = false; } };
  hub.onclose(() => { say("closed", null, 0); again(); });
  again();
}

devices.forEach(run);
