/** How large a table is: so many services, with so many servers each. */
export interface TableSize {
  readonly services: number;
  readonly servers: number;
}

/** `1000 x 10` */
export function sizeName({ services, servers }: TableSize): string {
  return `${services} x ${servers}`;
}

/** The rules of a table of that size; `floor.c` makes the same. A tenth of the weights differ by `shift`. */
export function tableRules({ services, servers }: TableSize, shift = 0): string {
  const lines: string[] = [];
  for (let service = 0; service < services; service++) {
    const virtual = `10.${hostPart(service + 1)}:80`;
    lines.push(`-A -t ${virtual} -s wlc`);
    for (let server = 0; server < servers; server++) {
      const weight = (server % 10) + 1 + ((service * servers + server) % 10 === 0 ? shift : 0);
      lines.push(`-a -t ${virtual} -r 172.16.${hostPart(server + 1).slice(2)}:8080 -m -w ${weight}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Three parts of an address from a number. */
function hostPart(number: number): string {
  return `${number >>> 16}.${(number >>> 8) & 255}.${number & 255}`;
}

/** A shell script of single commands that add services. */
export function singleAdditions(count: number): string {
  return Array.from({ length: count }, (_, index) => `-A -t 10.1.${hostPart(index + 1).slice(2)}:80`).join(
    '\n',
  );
}
