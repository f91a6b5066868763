import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { z } from 'zod';

/** As much of the description as is shown. */
const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  default: z.unknown().optional(),
});
const Body = z.looseObject({
  properties: z.record(z.string(), Schema).optional(),
  required: z.array(z.string()).optional(),
});
const Content = z.record(z.string(), z.looseObject({ schema: Body.optional() }));
const Operation = z.looseObject({
  summary: z.string().default(''),
  tags: z.array(z.string()).default([]),
  'x-role': z.string().default(''),
  'x-scope': z.string().default(''),
  parameters: z
    .array(
      z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: Schema.optional() }),
    )
    .default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })).default({}),
});
const Description = z.looseObject({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

type Field = {
  readonly name: string;
  readonly where: string;
  readonly required: boolean;
  readonly schema: z.infer<typeof Schema>;
};

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}
h2{margin-top:2.5rem;border-bottom:1px solid}article{margin:1.5rem 0}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}
h3{margin:0;font-size:1rem}p{margin:.25rem 0}nav ul{columns:3;padding-left:1.2rem}`;

/** The API for people who read: `/docs`. @param describe the description, as `/openapi.json` has it. */
export function docsPage(describe: () => Promise<unknown>): Hono {
  return new Hono().get('/docs', async (c) => {
    const { info, paths } = Description.parse(await describe());
    const nonce = randomBytes(16).toString('base64');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
    );
    const groups = [...Map.groupBy(operations, ({ tags }) => tags[0] ?? 'other')].toSorted(([one], [other]) =>
      one.localeCompare(other),
    );
    c.header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    );
    c.header('x-content-type-options', 'nosniff');
    return c.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <title>${info.title} API</title>
            <style nonce="${nonce}">
              ${raw(STYLE)}
            </style>
          </head>
          <body>
            <header><h1>${info.title} API ${info.version}</h1></header>
            <main>
              ${preface()}
              <nav aria-label="Areas">
                <ul>
                  ${groups.map(([name]) => html`<li><a href="#${name}">${name}</a></li>`)}
                </ul>
              </nav>
              ${groups.map(
                ([name, items]) =>
                  html`<section aria-labelledby="${name}">
                    <h2 id="${name}">${name}</h2>
                    ${items.map((item) => article(item))}
                  </section>`,
              )}
            </main>
          </body>
        </html>`,
    );
  });
}

const preface = () =>
  html`<p>
      The same API that the console uses, described in <a href="/openapi.json">OpenAPI 3.1</a>. Make a key in the
      console under Members &amp; keys and send it as <code>Authorization: Bearer KEY</code>. A key belongs to one
      organization and does no more than its role and its scopes say.
    </p>
    <p>
      Errors are <code>application/problem+json</code> (RFC 9457); <code>detail</code> says what to do. Lists come in
      pages: send <code>next</code> of a page as <code>cursor</code> until it is null. A changing request with an
      <code>Idempotency-Key</code> is done once in 24 hours, and the same one again gets the same answer.
    </p>`;

function article({ path, method, ...operation }: z.infer<typeof Operation> & { path: string; method: string }) {
  const fields = fieldsOf(operation);
  const answers = Object.entries(operation.responses['200']?.content ?? {}).flatMap(([type, { schema }]) =>
    type === 'application/json' ? Object.keys(schema?.properties ?? {}) : [type],
  );
  return html`<article>
    <h3><code>${method} ${path}</code></h3>
    <p>${operation.summary}. Role <code>${operation['x-role']}</code>, scope <code>${operation['x-scope']}</code>.</p>
    ${fields.length === 0 ? '' : fieldTable(fields)}
    ${answers.length === 0 ? '' : html`<p>Returns: <code>${answers.join(', ')}</code></p>`}
  </article>`;
}

const fieldTable = (fields: readonly Field[]) =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">In</th>
        <th scope="col">Type</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map(
        ({ name, where, required, schema }) =>
          html`<tr>
            <td><code>${name}</code>${required ? '' : ' (optional)'}</td>
            <td>${where}</td>
            <td>${typeOf(schema)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

function fieldsOf({ parameters, requestBody }: z.infer<typeof Operation>): readonly Field[] {
  const asked = parameters.map(({ name, in: where, required = false, schema = {} }) => ({
    name,
    where,
    required,
    schema,
  }));
  const body = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
    Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
      name,
      where: 'body',
      required: schema?.required?.includes(name) ?? false,
      schema: property,
    })),
  );
  return [...asked, ...body];
}

function typeOf({ type, enum: values, format, default: preset }: z.infer<typeof Schema>): string {
  const kind = values === undefined ? [type].flat().join(' or ') : values.map(String).join(', ');
  const parts = [kind, format, preset === undefined ? undefined : `default ${JSON.stringify(preset)}`];
  return parts.filter((part) => part !== undefined && part !== '').join('; ');
}
