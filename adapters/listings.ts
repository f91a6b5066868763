import { listing as discord } from './discord/listing.ts';
import { listing as github } from './github/listing.ts';
import { listing as slack } from './slack/listing.ts';
import { listing as teams } from './teams/listing.ts';
import type { AdapterListing } from '../src/model/adapter.ts';

/** Every adapter there is. A listing is light; its SDK is loaded when the platform is connected. */
export const listings: readonly AdapterListing[] = [slack, discord, teams, github];
