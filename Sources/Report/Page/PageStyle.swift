/// The style of a page: light or dark according to the reader's system, one column, and black on white on paper.
enum PageStyle {
  static let css = """
    :root { color-scheme: light dark; --paper: #ffffff; --ink: #222222; --quiet-ink: #5a5a5a; --grid: #e2e2e2; --line: #d0d4d9; --shade: #f4f6f8;
      --accent: #0060a0; --good: #006b4f; --bad: #b03a00; --unknown: #6a5d00; --bar: #cfe3f3; --mark: #fdf3e0; --blue: #0072b2; }
    @media (prefers-color-scheme: dark) { :root { --paper: #15191e; --ink: #e4e7ea; --quiet-ink: #a3abb3; --grid: #2e353d; --line: #3a424b; --shade: #1d232a;
      --accent: #79bdf0; --good: #57d0a8; --bad: #ff9a66; --unknown: #d9c95a; --bar: #1f4058; --mark: #332a18; --blue: #3f9bdc; } }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "DejaVu Sans", "Helvetica Neue", Arial, sans-serif; }
    a { color: var(--accent); }
    a:focus-visible, [tabindex]:focus-visible, summary:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
    main, footer { max-width: 86rem; margin: 0 auto; padding: 0 1.25rem; }
    nav { max-width: 86rem; margin: 0 auto; padding: 1rem 1.25rem 0; font-size: .9rem; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .4rem 0; padding: 0; }
    article + article { border-top: 3px solid var(--line); margin-top: 3.5rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.6rem 0 .4rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.3rem; margin: 2.8rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1.02rem; margin: 1.6rem 0 .4rem; }
    .about { font-size: 1.08rem; color: var(--quiet-ink); margin: 0; max-width: 46rem; }
    p, li { max-width: 46rem; }
    dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .7rem 1.5rem; margin: .8rem 0; }
    dt { font-size: .8rem; color: var(--quiet-ink); }
    dd { margin: 0; overflow-wrap: anywhere; }
    code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .87em; }
    pre { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; line-height: 1.45; }
    pre.command { white-space: pre-wrap; overflow-wrap: anywhere; }
    figure { margin: 1.4rem 0; }
    figure svg { display: block; width: 100%; max-width: 1080px; height: auto; }
    figcaption { font-size: .82rem; color: var(--quiet-ink); margin-top: .3rem; }
    figure.drawing { overflow-x: auto; }
    figure.drawing svg { min-width: 900px; }
    .scroll { overflow-x: auto; margin: 1rem 0; border: 1px solid var(--line); border-radius: 6px; }
    table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; padding: .5rem .7rem; color: var(--quiet-ink); font-size: .82rem; }
    th, td { padding: .32rem .5rem; text-align: left; border-top: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
    thead th { background: var(--shade); font-weight: 600; vertical-align: bottom; }
    tbody th { font-weight: 500; position: sticky; left: 0; background: var(--paper); }
    tr.marked > * { background: var(--mark); }
    .number { text-align: right; }
    thead th, tbody th, td.wide { white-space: normal; }
    tbody th { min-width: 4.5rem; }
    td.wide { min-width: 10rem; }
    .data { margin: .4rem 0 0; font-size: .9rem; }
    .good { color: var(--good); }
    .bad { color: var(--bad); font-weight: 700; }
    .unknown { color: var(--unknown); }
    .bar { background: linear-gradient(to right, var(--bar) var(--part), transparent var(--part)); }
    th button { all: unset; cursor: pointer; font-weight: 600; }
    th[aria-sort] button::after { content: " \\2195"; color: var(--quiet-ink); }
    th[aria-sort=ascending] button::after { content: " \\2191"; color: var(--ink); }
    th[aria-sort=descending] button::after { content: " \\2193"; color: var(--ink); }
    details { margin: .5rem 0; }
    summary { cursor: pointer; }
    nav summary { font-weight: 600; }
    footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-bottom: 2rem; font-size: .82rem; color: var(--quiet-ink); }
    @media (max-width: 40rem) { body { font-size: 15px; } h1 { font-size: 1.5rem; } figure { overflow-x: auto; } figure svg { min-width: 560px; } tbody th { position: static; } }
    @media print { :root { --paper: #ffffff; --ink: #000000; --quiet-ink: #444444; --grid: #dddddd; --line: #bbbbbb; --shade: #f4f4f4; --bad: #b03a00; --good: #006b4f;
      --unknown: #6a5d00; --bar: #dbe7f1; --mark: #f7efdc; --blue: #0072b2; }
      body { font-size: 10pt; } nav, .skip { display: none; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
      .scroll { overflow: visible; border: 0; } table { font-size: 7pt; } th, td { padding: .15rem .3rem; white-space: normal; } tbody th { position: static; } }

    """
}
