import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../model/failure.ts';
import { clientOf, worked, type Client } from './ask.ts';
import { readLogin } from './login.ts';
import type { Terminal } from './terminal.ts';

type Options = { readonly app?: string; readonly out?: string };

/** What a platform has to be told of an app. */
export function addManifestCommand(program: Command, terminal: Terminal): void {
  program
    .command('manifest <platform>')
    .description('what the platform is told of an app: JSON to paste, or a package to upload')
    .option('--app <id>', 'a connected app, with its own addresses; default: the one of the environment')
    .option('--out <file>', 'write it there')
    .action(async (platform: string, { app, out }: Options) => {
      const client = clientOf(await readLogin(terminal));
      const packed = await packedApp(client, platform, app);
      if (packed !== undefined) return savePackage(client, { app: packed, out }, terminal);
      const query = app === undefined ? {} : { app };
      const answer = await worked(client.connect[':platform'].manifest.$get({ param: { platform }, query }));
      const text = `${await answer.text()}\n`;
      if (out === undefined) return terminal.write(text);
      await writeFile(out, text);
      terminal.write(`${out}\n`);
    });
}

/** The app whose package is uploaded: the one that is named, else the only one. */
async function packedApp(client: Client, platform: string, app: string | undefined): Promise<string | undefined> {
  const { items } = await (await worked(client.apps.$get())).json();
  const able = items.filter((one) => one.platform === platform && one.can.pack && (app ?? one.id) === one.id);
  if (able.length > 1)
    throw new Failure('invalid', `which one? --app ${able.map(({ id, name }) => `${id} (${name})`).join(', or ')}`);
  return able[0]?.id;
}

async function savePackage(
  client: Client,
  { app, out }: { readonly app: string; readonly out: string | undefined },
  { write }: Terminal,
): Promise<void> {
  const answer = await worked(client.apps[':id'].package.$get({ param: { id: app } }));
  const named = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  // Without folders, whatever the hub says.
  const path = out ?? basename(named ?? 'package.zip');
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  write(`${path}\n`);
}
