/**
 * Keeps others from filling the disk through our log (CVE-2025-54604): each call site has a budget
 * of bytes an hour. Pure; the logger uses it.
 */

/** Bytes that one call site may log in an hour. */
export const SITE_BYTES_PER_HOUR = 1024 * 1024;

/** `start-leaving-out`: the first line above the budget; say so instead. */
export type VolumeAnswer =
  | { readonly type: 'write'; readonly leftOutCount: number }
  | { readonly type: 'start-leaving-out' }
  | { readonly type: 'leave-out' };

export class LogVolume {
  readonly #sites = new Map<string, SiteVolume>();

  /**
   * What becomes of a line of the call site `site`; 'write' tells how many were left out before it.
   * At most `SITES_MAX` sites are told apart, all others share one budget.
   */
  admit(site: string, sizeBytes: number, nowMs: number): VolumeAnswer {
    const volume = this.#volumeOf(site, nowMs);
    if (nowMs - volume.sinceMs >= HOUR_MS) {
      volume.sinceMs = nowMs;
      volume.usedBytes = 0;
    }
    if (volume.usedBytes + sizeBytes > SITE_BYTES_PER_HOUR) {
      return { type: ++volume.leftOutCount === 1 ? 'start-leaving-out' : 'leave-out' };
    }
    const { leftOutCount } = volume;
    volume.leftOutCount = 0;
    volume.usedBytes += sizeBytes;
    return { type: 'write', leftOutCount };
  }

  #volumeOf(site: string, nowMs: number): SiteVolume {
    const key = this.#sites.has(site) || this.#sites.size < SITES_MAX ? site : OTHERS;
    const known = this.#sites.get(key);
    if (known !== undefined) return known;
    const volume = { sinceMs: nowMs, usedBytes: 0, leftOutCount: 0 };
    this.#sites.set(key, volume);
    return volume;
  }
}

interface SiteVolume {
  sinceMs: number;
  usedBytes: number;
  leftOutCount: number;
}

const HOUR_MS = 3_600_000;
/** More than there are call sites; met only when someone logs a message that is not constant. */
const SITES_MAX = 500;
const OTHERS = '';
