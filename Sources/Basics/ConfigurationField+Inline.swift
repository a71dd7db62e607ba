extension ConfigurationField {
    /// The settings of another section at this level, so that one file holds several sections side by side. What that
    /// section checks between its fields, this one's `validate(path:)` has to call.
    public static func inline<Section: ConfigurationSection>(
        _ property: any WritableKeyPath<Root, Section> & Sendable
    ) -> [ConfigurationField<Root>] {
        Section.fields.map { field in
            ConfigurationField<Root>(
                name: field.name, help: field.help, unit: field.unit, limit: field.limit,
                expectation: field.expectation,
                apply: { root, node, path in try field.apply(&root[keyPath: property], node, path) },
                validateNested: { root, path in try field.validateNested(root[keyPath: property], path) },
                body: { field.body($0[keyPath: property]) }, nestedKeys: field.nestedKeys)
        }
    }
}
