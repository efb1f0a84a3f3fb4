// A connection that is kept open: hold.mjs HOST PORT
// Prints `held by PID` when it is there, asks for its end on SIGUSR1, and prints the answer.
import { connect } from 'node:net';

const [host, port] = process.argv.slice(2);
const socket = connect(Number(port), host);
socket.setEncoding('utf8');
socket.on('connect', () => {
  socket.write('hold\n');
  console.log(`held by ${process.pid}`);
});
socket.on('data', (text) => process.stdout.write(text));
socket.on('error', (error) => {
  console.log(`failed: ${error.message}`);
  process.exit(1);
});
socket.on('end', () => process.exit(0));
process.on('SIGUSR1', () => socket.write('end\n'));
