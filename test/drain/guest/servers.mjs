// Real servers: servers.mjs DELAY ADDRESS:PORT...
// Each answers a line on a TCP connection with its name after DELAY milliseconds and closes; the line `hold` is
// answered when the next line comes. Prints `ready` when all listen.
import { createServer } from 'node:net';

const [delay, ...names] = process.argv.slice(2);
let left = names.length;
for (const name of names) {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(name);
  const server = createServer((socket) => {
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    let held = false;
    socket.on('data', (text) => {
      if (text === 'hold\n' && !held) held = true;
      else setTimeout(() => socket.end(`${name}\n`), Number(delay));
    });
  });
  server.listen(Number(port), host, 511, () => {
    left -= 1;
    if (left === 0) console.log('ready');
  });
}
