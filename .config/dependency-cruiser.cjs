/** Rooms from the top down: a file imports only from its own room and those below. */
const rooms = [
  { name: 'netlink', path: '^src/netlink/', below: [] },
  { name: 'ipvs', path: '^src/ipvs/', below: ['netlink'] },
  { name: 'names', path: '^src/names/', below: ['ipvs', 'netlink'] },
  { name: 'rules', path: '^src/rules/', below: ['ipvs', 'netlink'] },
  { name: 'output', path: '^src/output/', below: ['ipvs', 'netlink'] },
  { name: 'host', path: '^src/host/', below: ['ipvs', 'netlink'] },
  { name: 'doctor', path: '^src/doctor/', below: ['host', 'output', 'ipvs', 'netlink'] },
  {
    name: 'cli',
    path: '^src/cli/',
    below: ['doctor', 'host', 'output', 'rules', 'names', 'ipvs', 'netlink'],
  },
];

const fences = [
  { package: 'netlink', only: '^src/netlink/socket-node\\.ts$' },
  { package: 'commander', only: '^src/cli/front\\.ts$' },
  { package: 'chalk', only: '^src/output/' },
  { package: 'cli-table3', only: '^src/output/' },
];

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that import one another are one file.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import of nothing would look at nothing.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...rooms.map(({ name, path, below }) => ({
      name: `${name}-imports-down`,
      comment: `${name} knows only ${below.join(', ') || 'itself'}.`,
      severity: 'error',
      from: { path },
      to: { path: '^src/', pathNot: [path, ...below.map((room) => `^src/${room}/`)] },
    })),
    {
      name: 'nobody-imports-main',
      comment: 'main is the top.',
      severity: 'error',
      from: { path: '^src/(?!main)' },
      to: { path: '^src/main' },
    },
    ...fences.map(({ package: name, only }) => ({
      name: `${name}-has-one-place`,
      comment: `${name} is used through one place only.`,
      severity: 'error',
      from: { path: '^src/', pathNot: only },
      to: { path: `node_modules/${name}/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
