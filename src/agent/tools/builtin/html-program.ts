/** Runs in a thread of its own: a megabyte of nested tags takes the library half a minute. */
import { parentPort, workerData } from 'node:worker_threads';
import { compile } from 'html-to-text';
import { z } from 'zod';

const html = z.string().parse(workerData);
const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: html.length + 1, maxDepth: 100, maxChildNodes: 20_000 },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'nav', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
  ],
});
parentPort?.postMessage(convert(html), []);
