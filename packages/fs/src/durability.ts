/**
 * What a resolved promise means. `'full'`: the change survives a power failure, because file and directory were
 * synced. `'relaxed'`: no sync is made; the change survives a crash of the process, not one of the machine.
 */
export type Durability = 'full' | 'relaxed';
