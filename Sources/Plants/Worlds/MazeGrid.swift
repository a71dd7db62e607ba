/// A maze of cells of one unit, walls and free ones, centred at the origin, the second coordinate to the top.
struct MazeGrid: Sendable, Hashable {
    let columns: Int
    let rows: Int
    /// The walls of each row, merged, by their columns; row-major.
    let walls: [Rectangle]
    /// Where walls of one row meet those of the next: drawn over them, so that no seam shows.
    let seams: [Rectangle]
    /// The cells that are free, as indices `row · columns + column`.
    let free: [Int]
    /// The next cell on a shortest way from a cell to another, `[from, to]`; −1 where there is none.
    private let next: [Int16]

    /// A maze from rows of `#` for walls and spaces, the top row first.
    init(_ lines: [String]) {
        let cells = lines.map { $0.map { $0 == "#" } }
        let (rows, columns) = (cells.count, cells.first?.count ?? 0)
        precondition(cells.allSatisfy { $0.count == columns }, "the rows of a maze differ in length")
        self.rows = rows
        self.columns = columns
        free = (0..<rows * columns).filter { !cells[$0 / columns][$0 % columns] }
        var walls: [Rectangle] = []
        for row in 0..<rows {
            let top = Double(rows) / 2 - Double(row)
            var column = 0
            while column < columns {
                guard cells[row][column] else {
                    column += 1
                    continue
                }
                let first = column
                while column < columns && cells[row][column] { column += 1 }
                let left = Double(first) - Double(columns) / 2
                walls.append(Rectangle(x: left...(left + Double(column - first)), y: (top - 1)...top))
            }
        }
        self.walls = walls
        seams = walls.flatMap { upper in
            walls.compactMap { lower in
                let (left, right) = (max(upper.low.x, lower.low.x), min(upper.high.x, lower.high.x))
                guard lower.high.y == upper.low.y, left < right else { return nil }
                return Rectangle(x: left...right, y: (upper.low.y - 0.15)...(upper.low.y + 0.15))
            }
        }
        next = Self.ways(cells)
    }

    /// The middle of a cell.
    func middle(of cell: Int) -> SIMD2<Double> {
        SIMD2(
            Double(cell % columns) + 0.5 - Double(columns) / 2, Double(rows) / 2 - Double(cell / columns) - 0.5)
    }

    /// The cell that holds a place; one of the outermost beyond them.
    func cell(at place: SIMD2<Double>) -> Int {
        func index(_ value: Double, _ count: Int) -> Int { Int(min(max(value, 0), Double(count) - 0.5)) }
        return index(Double(rows) / 2 - place.y, rows) * columns + index(place.x + Double(columns) / 2, columns)
    }

    /// The next cell on a shortest way, or `nil` where there is none.
    func next(from: Int, to: Int) -> Int? {
        let cell = next[from * rows * columns + to]
        return cell < 0 ? nil : Int(cell)
    }

    /// Breadth-first searches from every cell.
    private static func ways(_ cells: [[Bool]]) -> [Int16] {
        let (rows, columns) = (cells.count, cells.first?.count ?? 0)
        let count = rows * columns
        var next = [Int16](repeating: -1, count: count * count)
        func isFree(_ cell: Int) -> Bool { !cells[cell / columns][cell % columns] }
        for target in 0..<count where isFree(target) {
            next[target * count + target] = Int16(target)
            var queue = [target]
            var head = 0
            while head < queue.count {
                let cell = queue[head]
                head += 1
                let (row, column) = (cell / columns, cell % columns)
                for (dr, dc) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                    let (r, c) = (row + dr, column + dc)
                    guard r >= 0, r < rows, c >= 0, c < columns else { continue }
                    let neighbour = r * columns + c
                    guard isFree(neighbour), next[neighbour * count + target] < 0 else { continue }
                    next[neighbour * count + target] = Int16(cell)
                    queue.append(neighbour)
                }
            }
        }
        return next
    }
}
