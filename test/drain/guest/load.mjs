// Requests through the director: load.mjs HOST PORT COUNT CONCURRENCY
// Each on a connection of its own. Prints how many failed, and how many each server answered; writes a dot to the
// file named by LOAD_STARTED when a tenth is done.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [host, port, count, concurrency] = process.argv.slice(2);
const answers = new Map();
const failures = new Map();
let started = 0;
let ended = 0;

function count1(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function request() {
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(10_000, () => socket.destroy(new Error('timeout')));
    socket.on('connect', () => socket.write('name\n'));
    socket.on('data', (piece) => (text += piece));
    socket.on('error', (error) => {
      count1(failures, error.code ?? error.message);
      resolve();
    });
    socket.on('end', () => {
      if (/^[[\]\da-f.:]+:\d+\n$/.test(text)) count1(answers, text.trim());
      else count1(failures, 'cut off');
      resolve();
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
const failed = Array.from(failures.values()).reduce((sum, n) => sum + n, 0);
console.log(`${ended} requests, ${failed} failed`);
for (const [what, n] of failures) console.log(`failed: ${what} ${n}`);
for (const name of [...answers.keys()].sort()) console.log(`${name} ${answers.get(name)}`);
