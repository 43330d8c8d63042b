/** The page's pictures of the statecharts: `npm run charts` lays them out and writes them, a test says when they are stale. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ELK, ElkEdgeSection, ElkExtendedEdge, ElkLabel, ElkNode } from "elkjs";
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { replaceFile } from "../../runtime/core/own-files.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { agentMachine } from "../../runtime/supervise/agent-machine.ts";
import { skillMachine } from "../../runtime/supervise/skill-machine.ts";

const CHARTS: Readonly<Record<string, AnyStateMachine>> = { agent: agentMachine, skill: skillMachine };
const PX_PER_CHAR = 6.4;
const LINE_PX = 14;
const LAYOUT = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.spacing.edgeLabel": "3",
  "elk.layered.spacing.nodeNodeBetweenLayers": "26",
  "elk.spacing.nodeNode": "26",
  "elk.edgeLabels.inline": "false",
};

/** Text by path from the project's root. */
export async function statecharts(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [name, machine] of Object.entries(CHARTS))
    files.set(`runtime/dashboard/public/${name}-chart.svg`, svgOf(name, await layOut(machine)));
  return files;
}

async function layOut({ root }: AnyStateMachine): Promise<ElkNode> {
  const { default: elkjs } = await import("elkjs");
  const Elk = elkjs as unknown as new () => ELK; // Its types take the module for the class that it is.
  return new Elk().layout({ id: "root", layoutOptions: LAYOUT, children: childrenOf(root), edges: edgesOf(root) });
}

function childrenOf(parent: AnyStateNode): ElkNode[] {
  return Object.values(parent.states).map((state) => {
    const children = childrenOf(state);
    const padding = { "elk.padding": "[top=24,left=12,bottom=12,right=12]" };
    const labels = [{ text: state.key }];
    if (children.length > 0) return { id: state.id, labels, children, layoutOptions: padding };
    return { id: state.id, labels, width: 24 + PX_PER_CHAR * 1.2 * state.key.length, height: 30 };
  });
}

/** One arrow a pair of states, with everything that leads along it; what leads nowhere is not drawn. */
function edgesOf(root: AnyStateNode): ElkExtendedEdge[] {
  const words = new Map<string, { source: string; target: string; events: Set<string> }>();
  for (const node of [root, ...allBelow(root)]) {
    for (const transition of [...[...node.transitions.values()].flat(), ...(node.always ?? [])]) {
      for (const target of transition.target ?? []) {
        const key = `${node.id} ${target.id}`;
        const edge = words.get(key) ?? { source: node.id, target: target.id, events: new Set<string>() };
        edge.events.add(wordOf(transition.eventType));
        words.set(key, edge);
      }
    }
  }
  return [...words].map(([id, { source, target, events }]) => {
    const text = [...events].filter((word) => word !== "").join(", ");
    const labels = text === "" ? [] : [{ text, width: PX_PER_CHAR * text.length, height: LINE_PX }];
    return { id, sources: [source], targets: [target], labels };
  });
}

const allBelow = (node: AnyStateNode): readonly AnyStateNode[] => Object.values(node.states).flatMap((each) => [each, ...allBelow(each)]);

/** A timer's name says how long it is; nothing says that a state leaves by itself. */
const wordOf = (event: string): string => (event.startsWith("xstate.after") ? "too long" : event);

function svgOf(name: string, { width = 0, height = 0, children = [], edges = [] }: ElkNode): string {
  const arrow = `<marker id="${name}-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker>`;
  const parts = [...children.flatMap(stateSvg), ...edges.flatMap((edge) => edgeSvg(edge, name))];
  const box = `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${Math.ceil(width)}" role="img" aria-label="Statechart of the ${name}"><defs>${arrow}</defs>\n${parts.join("\n")}\n</svg>\n`;
}

function stateSvg({ x = 0, y = 0, width = 0, height = 0, labels = [], children = [] }: ElkNode): readonly string[] {
  const key = labels[0]?.text ?? "";
  const isGroup = children.length > 0;
  const kind = isGroup ? "group" : "state";
  const at = isGroup ? `x="${px(x + 8)}" y="${px(y + 15)}"` : `x="${px(x + width / 2)}" y="${px(y + height / 2 + 4)}" text-anchor="middle"`;
  return [
    `<g class="${kind}" data-state="${key}"><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="8"/><text ${at}>${key}</text></g>`,
    ...children.flatMap(stateSvg),
  ];
}

const edgeSvg = ({ sections = [], labels = [] }: ElkExtendedEdge, name: string): readonly string[] => [
  ...sections.map((section) => `<path class="edge" d="${pathOf(section)}" marker-end="url(#${name}-arrow)"/>`),
  ...labels.map(labelSvg),
];

const pathOf = ({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection): string =>
  `M${[startPoint, ...bendPoints, endPoint].map(({ x, y }) => `${px(x)} ${px(y)}`).join("L")}`;

const labelSvg = ({ x = 0, y = 0, text = "" }: ElkLabel): string => `<text class="word" x="${px(x)}" y="${px(y + 11)}">${text}</text>`;

const px = (value: number): string => value.toFixed(1);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [path, text] of await statecharts()) replaceFile(join(packageRoot, path), text);
