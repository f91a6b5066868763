import { WebSocket } from 'ws';
import { z } from 'zod';
import type { DiscordStandIn } from '../../../sandbox/discord/index.ts';

const frame = z.object({ op: z.int(), t: z.string().nullish(), s: z.int().nullish(), d: z.unknown().optional() });
const ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() });

/** A bare client of the gateway, greeted. */
export async function openSocket(discord: DiscordStandIn) {
  const socket = new WebSocket(discord.gateway.url);
  const frames: z.output<typeof frame>[] = [];
  let wake = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    frames.push(frame.parse(JSON.parse(data.toString('utf8'))));
    wake.resolve();
  });
  const closed = new Promise<number>((resolve) => void socket.on('close', (code) => resolve(code)));
  const find = async (fits: (one: z.output<typeof frame>) => boolean) => {
    const deadline = performance.now() + 3000;
    for (;;) {
      const found = frames.find(fits);
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error('the frame never came');
      wake = Promise.withResolvers();
      await Promise.race([wake.promise, new Promise((resolve) => setTimeout(resolve, 50))]);
    }
  };
  await find((one) => one.op === 10);
  const dispatches = () => frames.filter((one) => one.op === 0);
  return {
    closed,
    send: (payload: object) => socket.send(JSON.stringify(payload)),
    close: (code: number) => socket.close(code),
    async identify(intents = 0xffff) {
      const token = discord.environment['DISCORD_TOKEN'];
      socket.send(JSON.stringify({ op: 2, d: { token, intents, properties: {} } }));
      return ready.parse((await find((one) => one.t === 'READY')).d);
    },
    /** Names of all dispatches so far, once this one is among them. */
    async until(name: string) {
      await find((one) => one.t === name);
      return dispatches().map((one) => one.t ?? '');
    },
    untilOp: async (op: number) => (await find((one) => one.op === op)).d,
    sequences: () => dispatches().map((one) => one.s ?? 0),
  };
}
