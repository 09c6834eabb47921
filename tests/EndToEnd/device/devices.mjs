// Many devices on the public npm client. Takes one JSON line: {"address": "http://…", "devices": [{"name", "token"}]}.
// WebSockets only: the event-source fallback throws outside any promise when its connection is cut.
// Prints a JSON line for everything a device shows or is told.
import { createInterface } from "node:readline";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const lines = createInterface({ input: process.stdin });
const { address, devices } = JSON.parse((await lines[Symbol.asyncIterator]().next()).value);
lines.on("close", () => process.exit(0));

// A new connection for every try: one that was cut while it started may never leave its state (and the start of a dead one may
// never end). What an abandoned one still brings is not this device's any more.
const patience = 20000;
const within = (promise, what) => {
  let timer;
  return Promise.race([promise, new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what} took too long`)), patience); })]).finally(() => clearTimeout(timer));
};

function run({ name, token }) {
  const shows = new Map();
  const say = (what, id, version) => process.stdout.write(JSON.stringify({ device: name, what, id, version }) + "\n");
  const show = ({ id, version }) => { if ((shows.get(id) ?? 0) < version) { shows.set(id, version); say("shown", id, version); } };
  const remove = (id, version) => { shows.delete(id); say("removed", id, version); };
  let current;

  const connect = async () => {
    const hub = new HubConnectionBuilder().withUrl(`${address}/hubs/device`, { accessTokenFactory: () => token, skipNegotiation: true, transport: HttpTransportType.WebSockets }).configureLogging(LogLevel.None).build();
    current = hub;
    const on = (event, handle) => hub.on(event, (...args) => (hub === current ? handle(...args) : undefined));
    const ack = async cards => { if (cards.length > 0) await hub.send("Ack", cards.map(({ id, version }) => ({ id, version }))).catch(() => {}); };
    on("Sync", cards => {
      const ids = new Set(cards.map(card => card.id));
      for (const [id, version] of [...shows]) if (!ids.has(id)) remove(id, version);
      cards.forEach(show);
      say("synced", null, cards.length);
      return ack(cards);
    });
    on("Upsert", card => { show(card); return ack([card]); });
    on("Remove", (id, version) => { if ((shows.get(id) ?? Infinity) <= version) remove(id, version); return ack([{ id, version }]); });
    const closed = new Promise(resolve => hub.onclose(resolve));
    try {
      await within(hub.start(), "connecting");
      await within(hub.invoke("Hello", { deviceId: name, platform: "node", have: [...shows].map(([id, version]) => ({ id, version })) }), "Hello");
      say("connected", null, 0);
      await closed;
    } catch (error) {
      say(`failed: ${error?.message ?? error}`, null, 0);
    }
    current = undefined;
    say("closed", null, 0);
    hub.stop().catch(() => {});
  };

  (async () => {
    for (;;) {
      await connect();
      await new Promise(resolve => setTimeout(resolve, 300));
    }
  })();
}

devices.forEach(run);
