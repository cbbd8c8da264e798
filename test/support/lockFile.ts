/** What a package-lock.json promises and does not hold. */

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The packages of a lock file (version 3) by their paths, such as `node_modules/a/node_modules/b`.
 */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/**
 * Optional dependencies without an entry, as `path of the dependent → name`. npm leaves some out on
 * platforms that do not need them, and `npm ci` then refuses the file on those that do.
 */
export function missingOptional(packages: LockedPackages): string[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !foldersAbove(path).some((folder) => `${folder}${name}` in packages))
      .map((name) => `${path} → ${name}`),
  );
}

/** Where Node looks for the packages that the one at `path` imports, nearest first. */
function foldersAbove(path: string): string[] {
  const names = `/${path}`.split('/node_modules/');
  return names
    .map((_, i) => `${names.slice(0, names.length - i).join('/node_modules/')}/node_modules/`)
    .map((folder) => folder.replace(/^\/+/, ''));
}
