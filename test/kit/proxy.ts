import { connect, createServer, type Socket } from 'node:net';

/** A wire between a hub and its database that can be cut, made deaf and made slow. */
export type Proxy = {
  readonly port: number;
  /** Resets every connection now; new ones are served. */
  readonly cut: () => void;
  /**
   * On: what is sent on every connection, and on every new one, is swallowed without a sign. Off: new connections are
   * served; those that lost bytes stay dead, as a half-open socket does.
   */
  readonly blackHole: (on: boolean) => void;
  /** Swallows what the connections that are open now will send, for good; new ones are served. */
  readonly deafen: () => void;
  /** Milliseconds that every piece of data is held back, each way. */
  readonly delay: (ms: number) => void;
  readonly connections: () => number;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

type Link = { readonly ends: readonly [Socket, Socket]; deaf: boolean };

/** Listens on 127.0.0.1 and hands on to `port` there. */
export async function openProxy(port: number): Promise<Proxy> {
  const links = new Set<Link>();
  let hole = false;
  let delayMs = 0;

  const hand = (link: Link, from: Socket, to: Socket): void => {
    from.on('data', (chunk) => {
      if (hole) link.deaf = true;
      if (link.deaf) return;
      if (delayMs === 0) to.write(chunk);
      else setTimeout(() => link.deaf || to.write(chunk), delayMs);
    });
    from.on('error', () => to.destroy());
    // A peer that dies behind a black hole is not heard of.
    from.on('close', () => {
      if (link.deaf || hole) return;
      links.delete(link);
      to.end();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const link: Link = { ends: [client, upstream], deaf: hole };
    client.setNoDelay();
    upstream.setNoDelay();
    links.add(link);
    hand(link, client, upstream);
    hand(link, upstream, client);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  const cut = (): void => {
    for (const { ends } of links) for (const end of ends) end.resetAndDestroy();
    links.clear();
  };
  return {
    port: address.port,
    cut,
    blackHole(on) {
      hole = on;
      if (on) for (const link of links) link.deaf = true;
    },
    deafen: () => links.forEach((link) => (link.deaf = true)),
    delay: (ms) => void (delayMs = ms),
    connections: () => links.size,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => void server.close(resolve));
      cut();
      await closed;
    },
  };
}
