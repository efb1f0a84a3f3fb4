// Requests through the director: load.mjs HOST PORT COUNT CONCURRENCY
// Each on a connection of its own. Prints how many failed, why and from which ports, and how many each server answered;
// writes a dot to the file named by LOAD_STARTED when a tenth is done.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [host, port, count, concurrency] = process.argv.slice(2);
const answers = new Map();
const failures = [];
let started = 0;
let ended = 0;

function request() {
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    let text = '';
    let from;
    let isOver = false;
    const settle = (count) => {
      if (!isOver) count();
      isOver = true;
      resolve();
    };
    const fail = (reason) => settle(() => failures.push(`${reason} from port ${from}`));
    // A socket has its port from the call on that connects it, and no longer once it has failed.
    setImmediate(() => (from = socket.localPort));
    socket.setEncoding('utf8');
    socket.setTimeout(10_000, () => socket.destroy(new Error('timeout')));
    socket.on('connect', () => socket.write('name\n'));
    socket.on('data', (piece) => (text += piece));
    socket.on('error', (error) => fail(error.code ?? error.message));
    socket.on('end', () => {
      const name = text.trim();
      if (!/^[[\]\da-f.:]+:\d+$/.test(name)) return fail('cut off');
      settle(() => answers.set(name, (answers.get(name) ?? 0) + 1));
    });
  });
}

async function worker() {
  while (started < Number(count)) {
    started += 1;
    await request();
    ended += 1;
    if (ended === Math.ceil(Number(count) / 10)) writeFileSync(process.env.LOAD_STARTED ?? '/dev/null', '.');
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, worker));
console.log(`${ended} requests, ${failures.length} failed`);
for (const failure of failures) console.log(`failed: ${failure}`);
for (const name of [...answers.keys()].sort()) console.log(`${name} ${answers.get(name)}`);
