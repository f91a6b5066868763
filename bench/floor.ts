import { createHmac, timingSafeEqual } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmod } from 'node:fs/promises';
import postgres from 'postgres';
import { chooseAccount } from '../src/db/embedded-account.ts';
import { startEmbedded } from '../src/db/embedded.ts';
import { migrateQueue } from '../src/queue/worker.ts';

export type Floor = { readonly perSecond: number; readonly acknowledgedMs: readonly number[] };

const DELIVERIES = 3_000;
const IN_FLIGHT = 32;
const SECRET = 'floor';

/** The least that a durable intake can do on this machine: HTTP, one HMAC, one row and one job, each in its own commit. */
export async function measureFloor(): Promise<Floor> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-floor-'));
  await chmod(folder, 0o755);
  const database = await startEmbedded(join(folder, 'postgres'), await chooseAccount());
  await migrateQueue(database.url);
  const sql = postgres(database.url, { max: 10, onnotice: () => {} });
  await sql`create table received (id bigint generated always as identity primary key, body text)`;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const wanted = createHmac('sha256', SECRET).update(body).digest();
      if (!timingSafeEqual(wanted, Buffer.from(String(incoming.headers['x-signature']), 'hex')))
        return outgoing.writeHead(401).end();
      sql`with stored as (insert into received (body) values (${body.toString('utf8')}) returning id)
        select graphile_worker.add_job('floor', json_build_object('id', id)) from stored`.then(
        () => outgoing.end('ok'),
        () => outgoing.writeHead(503).end(),
      );
      return undefined;
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await drive(port, 500);
    return await drive(port, DELIVERIES);
  } finally {
    server.close();
    await sql.end();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function drive(port: number, deliveries: number): Promise<Floor> {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const body = JSON.stringify({ text: 'hello'.repeat(100) });
  const headers = {
    'content-length': Buffer.byteLength(body),
    'x-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
  };
  const acknowledgedMs: number[] = [];
  let sent = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const at = performance.now();
      const call = request({ port, host: '127.0.0.1', method: 'POST', agent, headers }, (response) => {
        response.resume();
        response.once('end', () => {
          acknowledgedMs.push(performance.now() - at);
          resolve();
        });
      });
      call.once('error', reject);
      call.end(body);
    });
  const lane = async (): Promise<void> => {
    for (; sent < deliveries;) {
      sent += 1;
      await one();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return { perSecond: deliveries / ((performance.now() - startedAt) / 1000), acknowledgedMs };
}
