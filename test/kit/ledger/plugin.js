// Two tools that change something in a ledger elsewhere: one that may be done twice, and one that must not.

const tool = (name, idempotent, url) => ({
  name,
  description: `${name}s an order`,
  parameters: {
    type: 'object',
    properties: { order: { type: 'string' } },
    required: ['order'],
    additionalProperties: false,
  },
  effect: 'writes',
  idempotent,
  origin: 'own',
  async run({ order }, { key }, signal) {
    const body = JSON.stringify({ tool: name, order, key });
    const response = await fetch(url, { method: 'POST', body, signal });
    if (!response.ok) throw new Error(`the ledger says ${response.status}`);
    return response.text();
  },
});

/** @type {import('../../../src/plugin.ts').Plugin} */
export default {
  name: 'ledger',
  version: '1.0.0',
  tools: ({ url }) => [tool('put', true, url), tool('send', false, url)],
};
