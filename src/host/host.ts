import type { IpAddress } from '../ipvs/address.js';
import { RouteNetlink, routeProtocol } from '../netlink/route.js';
import type { OpenSocket } from '../netlink/socket.js';
import type { Firewall, IptablesTool } from './firewall/firewall.js';
import { iptablesTool, readFirewall } from './firewall/read.js';
import { readInterfaces, type Interface } from './interfaces.js';
import { readModules, type Modules } from './modules.js';
import { readNeighbours, type Neighbour } from './neighbours.js';
import { inHostNamespace, mayAdministerNetwork } from './privileges.js';
import { lookUpInputRoute, lookUpRoute, type NoRoute, type Route } from './routes.js';
import { readTextFile } from './text-file.js';

/** What can be seen of the machine and the network namespace of this process. Nothing is changed by looking. */
export interface Host {
  /** Whether this process may administer the network. */
  readonly privileged: boolean;
  /** Whether the namespace is that of process 1; undefined where that can't be seen. */
  readonly inHostNamespace: boolean | undefined;
  readonly modules: Modules;
  readonly interfaces: readonly Interface[];
  readonly neighbours: readonly Neighbour[];
  readonly firewall: Firewall;
  /** A setting below /proc/sys by its name with dots or slashes; undefined where there is none. */
  sysctl(name: string): number | undefined;
  routeTo(destination: IpAddress): Promise<Route | NoRoute>;
  /** What the kernel would do with an IPv4 packet that comes in by the interface of this index. */
  inputRoute(source: IpAddress, destination: IpAddress, input: number): Promise<Route | NoRoute>;
  /** The form of iptables to add rules by; undefined where it is not installed. */
  iptablesTool(name: 'iptables' | 'ip6tables'): IptablesTool | undefined;
  /** The text of a file; undefined where it is not there or can't be read. */
  textFile(path: string): string | undefined;
}

/** A host, and how to let go of it. */
export interface OpenHost extends Host {
  close(): void;
}

/** Looks at the machine. Throws `SocketError`, `NetlinkError` and `DecodeError` where the kernel can't be asked. */
export async function openHost(openSocket: OpenSocket): Promise<OpenHost> {
  const socket = openSocket(routeProtocol);
  try {
    const netlink = new RouteNetlink(socket);
    const interfaces = await readInterfaces(netlink);
    const neighbours = await readNeighbours(netlink);
    const routes = new Map<string, Promise<Route | NoRoute>>();
    return {
      privileged: mayAdministerNetwork(),
      inHostNamespace: inHostNamespace(),
      modules: readModules(),
      interfaces,
      neighbours,
      firewall: await readFirewall(),
      sysctl: readSysctl,
      routeTo: (destination) => {
        const text = destination.toString();
        const route = routes.get(text) ?? lookUpRoute(netlink, destination);
        routes.set(text, route);
        return route;
      },
      inputRoute: (source, destination, input) => lookUpInputRoute(netlink, source, destination, input),
      iptablesTool,
      textFile: readTextFile,
      close: () => {
        socket.close();
      },
    };
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Interface names may have dots, so slashes separate where there are any. */
function readSysctl(name: string): number | undefined {
  const path = name.includes('/') ? name : name.replaceAll('.', '/');
  const text = readTextFile(`/proc/sys/${path}`)?.trim();
  return text === undefined || !/^-?[0-9]+$/.test(text) ? undefined : Number(text);
}
