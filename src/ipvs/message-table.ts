import { Table } from '../netlink/attributes.js';
import { message } from './schema.js';

/** What stands first in every message but the answer to `getInfo`, ready to encode and decode. */
export const messageTable = new Table(message);
