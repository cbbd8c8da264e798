// Stops with a clear sentence on a Node that is too old. Imported before anything else, and written
// so that an old Node can read it.

var oldest = [20, 19];
var found = process.versions.node.split('.').map(Number);

if (found[0] < oldest[0] || (found[0] === oldest[0] && found[1] < oldest[1])) {
  console.error(
    'Cairn needs Node ' +
      oldest.join('.') +
      ' or newer; this is Node ' +
      process.versions.node +
      '.',
  );
  console.error(
    'Install a newer one from https://nodejs.org (the LTS version) and run this again.',
  );
  process.exit(1);
}
