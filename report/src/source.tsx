// Where a value comes from: the line of a layer and what it overrode, a default, a template, or a decision.
import { type Leaf, type Place, at, source, text } from "./data";

export function Origin({ of: [, id, , parts] }: { of: Leaf }) {
  return (
    <div class="origin">
      <From id={id} />
      {parts?.map(([part, from]) => (
        <div class="part" key={`${part}-${from}`}>
          <code class="value">{text(part)}</code>
          <From id={from} />
        </div>
      ))}
    </div>
  );
}

export function From({ id }: { id: number }) {
  const from = source(id);
  if ("manifest" in from) {
    const [first, ...below] = from.manifest;
    return (
      <div class="from">
        <span class="how">Written in</span>
        {first && <Line at={first} />}
        {below.map((place) => (
          <>
            <span class="how">which overrides</span>
            <Line at={place} gone />
          </>
        ))}
      </div>
    );
  }
  if ("default" in from) {
    return (
      <div class="from">
        <span class="how">Default of</span>
        <div>
          <code class="place">{text(from.default[0])}</code>
          <p class="meaning">{text(from.default[1])}</p>
        </div>
      </div>
    );
  }
  if ("template" in from) {
    return (
      <div class="from">
        <span class="how">Fixed in</span>
        <Line at={from.template} />
      </div>
    );
  }
  const [rule, sources] = from.rule;
  return (
    <div class="from">
      <span class="how">Decided</span>
      <div>
        <p class="meaning">{text(rule)}</p>
        {sources.map((id) => (
          <From id={id} key={id} />
        ))}
      </div>
    </div>
  );
}

function Line({ at: where, gone = false }: { at: Place; gone?: boolean }) {
  const { place, line } = at(where);
  return (
    <div>
      <span class="place">{place}</span>
      <code class="line">{gone ? <del>{line}</del> : line}</code>
    </div>
  );
}
