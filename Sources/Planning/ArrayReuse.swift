extension [Float] {
    /// Takes over values, keeping its memory.
    mutating func replace(by values: ArraySlice<Float>) {
        removeAll(keepingCapacity: true)
        append(contentsOf: values)
    }
}

extension Array where Element: BinaryFloatingPoint {
    /// Makes the array this long, keeping its memory.
    mutating func resize(to count: Int) {
        if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
        if self.count > count { removeLast(self.count - count) }
    }
}
