import type { Subject } from '../subject.ts';
import { discord } from './discord.ts';
import { github } from './github.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';

export const subjects: readonly Subject[] = [slack, discord, teams, github];
