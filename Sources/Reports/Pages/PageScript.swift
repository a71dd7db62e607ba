/// The read-out below a chart under the pointer, and the click that holds a drawing that moves. A page is complete without it.
///
/// Written without `<` and `&`, so that the page stays well-formed XML.
enum PageScript {
    static let source = """
        for (const chart of document.querySelectorAll('figure svg.chart')) {
          const plots = [...chart.querySelectorAll('svg.plot[data-x]')].map(plot => {
            const scale = (name, kind) => {
              const [a, b] = plot.getAttribute(name).split(' ').map(Number);
              const log = plot.getAttribute(kind) === 'logarithmic';
              const at = share => log ? a * Math.pow(b / a, share) : a + share * (b - a);
              at.span = log ? 0 : Math.abs(b - a);
              return at;
            };
            const width = plot.width.baseVal.value, height = plot.height.baseVal.value;
            return { plot, width, height, left: plot.x.baseVal.value, data: plot.dataset,
              x: scale('data-x', 'data-xscale'), y: scale('data-y', 'data-yscale'),
              lines: [...plot.querySelectorAll('path[data-name]')].map(path => ({ name: path.dataset.name,
                held: path.dataset.held,
                points: path.getAttribute('d').split(/(?=[ML])/).map(p => [...p.slice(1).split(',').map(Number), p[0]]) })) };
          }).filter(p => p.lines.length);
          if (!plots.length) continue;
          const readout = document.createElement('div');
          readout.className = 'readout';
          chart.after(readout);
          // To a hundredth of what the axis spans.
          const number = (value, span) => String(Number(span > 0
            ? value.toFixed(Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(span))))) : value.toPrecision(3)));
          // The nearest vertex; of a step the last one, whose value is held up to the next or to a gap.
          const read = (line, place) => {
            let best = null, next = null;
            for (const point of line.points) {
              const isBetter = line.held ? place >= point[0]
                : !best || Math.abs(best[0] - place) > Math.abs(point[0] - place);
              if (isBetter) { best = point; next = null; } else { next = next || point; }
            }
            if (!best) return null;
            const isHeld = line.held ? (next ? next[2] === 'L' : false) : false;
            return isHeld || 12 >= Math.abs(best[0] - place) ? best : null;
          };
          const cursors = plots.map(p => {
            const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
            line.setAttribute('class', 'cursor');
            line.setAttribute('y2', p.height);
            line.style.display = 'none';
            p.plot.append(line);
            return line;
          });
          const hide = () => { readout.textContent = ''; cursors.forEach(c => { c.style.display = 'none'; }); };
          chart.addEventListener('pointerleave', hide);
          chart.addEventListener('pointermove', event => {
            const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
            const first = plots[0], place = at.x - first.left;
            if (0 > place || place > first.width) return hide();
            const parts = [`${first.data.xlabel} ${number(first.x(place / first.width), first.x.span)} ${first.data.xunit}`.trim()];
            plots.forEach((p, index) => {
              cursors[index].setAttribute('x1', place);
              cursors[index].setAttribute('x2', place);
              cursors[index].style.display = '';
              for (const line of p.lines) {
                const best = read(line, place);
                if (!best) continue;
                const name = plots.length > 1 ? `${p.data.label} ${line.name}` : line.name;
                parts.push(`${name} ${number(p.y(1 - best[1] / p.height), p.y.span)} ${p.data.unit}`.trim());
              }
            });
            readout.textContent = parts.join(' · ');
          });
        }
        for (const drawing of document.querySelectorAll('svg.moving')) {
          drawing.addEventListener('click', () => {
            if (drawing.animationsPaused()) drawing.unpauseAnimations(); else drawing.pauseAnimations();
          });
        }
        """
}
