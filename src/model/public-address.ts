import ipaddr from 'ipaddr.js';

/** Whether an address is one of the public internet. */
export type IsPublic = (address: string) => boolean;

/**
 * What is neither unicast nor global is not: private networks, this machine, links, what clouds tell their machines
 * (169.254.169.254), and IPv4 in the clothes of IPv6. Pure.
 */
export const isPublic: IsPublic = (address) => ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
