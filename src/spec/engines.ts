/** The engines, by the format version they read, that a file can be checked for. */

export const engines = ['ikanos-1.0.0-beta5', 'naftiko-1.0.0-alpha2'] as const
export type Engine = (typeof engines)[number]
