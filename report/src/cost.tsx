// The estimate of a month, as `cost` says it.
import { type CostLine, type Costs, type Money, type Stage, data, text } from "./data";

export function Cost({ stage }: { stage: Stage }) {
  const { costs } = stage;
  const known = costs.lines.filter((line) => line.declared);
  const undeclared = costs.lines.filter((line) => !line.declared);
  const shown = costs.components.filter(([name]) => known.some((line) => text(line.component) === name));
  const most = Math.max(...costs.components.map(([, [, , high]]) => high), 0);
  return (
    <div class="sheet">
      <p class="total">
        {costs.total[0]} <small>USD a month</small>
      </p>
      <p class="note">
        At prices of {costs.region} read on {costs.read}, {costs.without}
      </p>
      {data.stages.length > 1 && <Compared now={stage} />}
      <div class="scroll" tabIndex={0} role="region" aria-label="Lines of the estimate">
        <table class="costs">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Quantity and price</th>
              <th scope="col">Price of</th>
              <th scope="col" class="number">
                USD a month
              </th>
            </tr>
          </thead>
          {shown.map(([name, amount]) => (
            <tbody key={name}>
              <tr class="group">
                <th scope="rowgroup">{name}</th>
                <td colSpan={2}>
                  <Bar amount={amount} most={most} />
                </td>
                <td class="number">{amount[0]}</td>
              </tr>
              {known
                .filter((line) => text(line.component) === name)
                .map((line, index) => (
                  <tr key={index}>
                    <td>{text(line.what)}</td>
                    <td>{text(line.product)}</td>
                    <td>
                      <Read line={line} />
                    </td>
                    <td class="number">{line.amount?.[0] ?? "price unknown"}</td>
                  </tr>
                ))}
            </tbody>
          ))}
        </table>
      </div>
      {undeclared.length > 0 && (
        <section aria-label="Not declared">
          <h2>Per use, not declared</h2>
          <p class="note">
            These are in no sum: how much there will be is not declared under <code>usage</code>.
          </p>
          <ul class="others">
            {undeclared.map((line, index) => (
              <li key={index}>
                <b>{text(line.component)}</b> {text(line.what)}, {text(line.product)} <Read line={line} />
                {line.usage.length > 0 && <code class="place">{line.usage.map(text).join(", ")}</code>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Rest costs={costs} />
    </div>
  );
}

/** Each component in each stage. */
function Compared({ now }: { now: Stage }) {
  const names = [...new Set(data.stages.flatMap((stage) => stage.costs.components.map(([name]) => name)))].sort();
  const of = (stage: Stage, name: string) => stage.costs.components.find(([own]) => own === name)?.[1][0] ?? "–";
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Cost of all stages">
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">Component</th>
            {data.stages.map((stage) => (
              <th scope="col" class="number" key={stage.name} aria-current={stage === now}>
                {stage.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {data.stages.map((stage) => (
                <td class="number" key={stage.name}>
                  {of(stage, name)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            {data.stages.map((stage) => (
              <td class="number" key={stage.name}>
                {stage.costs.total[0]}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** From the least to the most, beside the dearest of all. */
function Bar({ amount: [, low, high], most }: { amount: Money; most: number }) {
  if (most <= 0) return null;
  const part = (usd: number) => usd > 0 ? Math.max((100 * usd) / most, 0.4) : 0;
  return (
    <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="high" width={part(high)} height="4" />
      <rect class="low" width={part(low)} height="4" />
    </svg>
  );
}

/** The place that a price is of, and the document that it was read in. */
function Read({ line }: { line: CostLine }) {
  const place = text(line.assumed ?? line.place);
  if (!line.source) return <>{place}</>;
  const [dated, url] = line.source;
  return (
    <a href={text(url)} rel="noreferrer noopener" target="_blank" title={`Read in a document of ${text(dated)}`}>
      {line.assumed === null ? place : `~ ${place}`}
    </a>
  );
}

function Rest({ costs }: { costs: Costs }) {
  const assumed = costs.lines.some((line) => line.assumed !== null);
  return (
    <>
      {costs.not_estimated.length > 0 && (
        <section aria-label="Not estimated">
          <h2>Not estimated</h2>
          <ul class="others">
            {costs.not_estimated.map(([component, type, count]) => (
              <li key={`${component} ${type}`}>
                <b>{component}</b> {count} × {type}
              </li>
            ))}
          </ul>
        </section>
      )}
      {assumed && <p class="note">~ is a price that was read for another place than the line is of.</p>}
    </>
  );
}
