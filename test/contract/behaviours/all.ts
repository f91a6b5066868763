import type { Behaviour } from '../subject.ts';
import { beside } from './beside.ts';
import { cards } from './cards.ts';
import { faults } from './faults.ts';
import { files } from './files.ts';
import { inbound } from './inbound.ts';
import { outbound } from './outbound.ts';
import { signatures } from './signatures.ts';
import { texts } from './texts.ts';

export const behaviours: readonly Behaviour[] = [
  ...inbound,
  ...signatures,
  ...outbound,
  ...cards,
  ...beside,
  ...texts,
  ...faults,
  ...files,
];
