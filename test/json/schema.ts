import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { default as formats } from 'ajv-formats';
import { projectRoot } from '../lab/project.ts';

const names = ['rules', 'table', 'connection', 'timeouts', 'daemons', 'watch', 'diff'] as const;
export type SchemaName = (typeof names)[number];

const validators = compile();

function compile(): ReadonlyMap<SchemaName, ValidateFunction> {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  formats.default(ajv, ['ipv4', 'ipv6']);
  for (const name of names) {
    const text = readFileSync(join(projectRoot, `docs/schema/${name}.schema.json`), 'utf8');
    ajv.addSchema(JSON.parse(text) as object);
  }
  return new Map(
    names.map((name) => {
      const validate = ajv.getSchema(`${name}.schema.json`);
      if (validate === undefined) throw new Error(`no schema ${name}`);
      return [name, validate as ValidateFunction];
    }),
  );
}

/** What is wrong with a JSON text by one of the schemas in docs/schema; empty when it follows it. */
export function schemaErrors(name: SchemaName, text: string): string[] {
  const validate = validators.get(name);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  if (validate(JSON.parse(text))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}
