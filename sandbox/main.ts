import { openSandbox } from './open-all.ts';
import { servePage } from './page/serve.ts';

const DEFAULT_HUB = 'http://127.0.0.1:3000';
const PAGE_PORT = 4000;

const USAGE = `usage: npm run sandbox -- [hub address]

Starts stand-ins of Slack, Discord, Teams, GitHub and a model on this machine, for a bot under development.
What people say there is delivered to the hub (default ${DEFAULT_HUB}), signed as the platforms sign it.`;

const [hubUrl = DEFAULT_HUB] = process.argv.slice(2);
if (!URL.canParse(hubUrl)) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const sandbox = await openSandbox();
sandbox.deliverTo(hubUrl);
const page = await servePage(sandbox.stages, PAGE_PORT);

process.stdout.write(`The sandbox is up. Put this into the hub's .env:\n\n`);
for (const [name, value] of Object.entries(sandbox.environment))
  process.stdout.write(`${name}=${JSON.stringify(value)}\n`);
process.stdout.write(`\nTalk to the bot at ${page.url}; deliveries go to ${hubUrl}. End with Ctrl-C.\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    Promise.allSettled([page[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
