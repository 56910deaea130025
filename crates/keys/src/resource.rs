macro_rules! resources {
    ($($(#[$meta:meta])* $name:ident $number:literal $word:literal $what:literal),* $(,)?) => {
        /// What a permission is about. In the order of the published list,
        /// which is that of the words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Resource { $(#[doc = concat!("The ", $what, ".")] $(#[$meta])* $name),* }

        impl Resource {
            /// Every resource, in the order of the published list.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in a scope, such as `hoseAssembly`.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// Its published number, which never changes: not its place in the list.
            pub const fn number(self) -> i32 {
                match self { $(Self::$name => $number),* }
            }

            /// What it is, in the plural and within a sentence.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what),* }
            }
        }
    };
}

// A new one gets the next number that none ever had.
resources! {
    Adaptor 1 "adaptor" "adaptors",
    ApiKey 2 "apiKey" "API keys",
    Audit 3 "audit" "record of who changed what",
    Brand 4 "brand" "brands",
    Component 5 "component" "components",
    /// A price without it shows neither.
    Cost 6 "cost" "costs and margins",
    CrimpFitting 7 "crimpFitting" "crimp fittings",
    Customer 8 "customer" "customers",
    Ferrule 9 "ferrule" "ferrules",
    Gender 10 "gender" "genders",
    Hose 11 "hose" "hoses",
    HoseAssembly 12 "hoseAssembly" "hose assemblies",
    HoseKit 13 "hoseKit" "hose kits",
    Image 14 "image" "images",
    Inventory 15 "inventory" "inventory",
    Item 16 "item" "items",
    Organization 17 "organization" "organization and its settings",
    OtherItem 18 "otherItem" "other items",
    PriceList 19 "priceList" "price lists",
    Project 20 "project" "projects",
    Role 21 "role" "roles",
    SalesEstimate 22 "salesEstimate" "sales estimates",
    Shape 23 "shape" "shapes",
    Size 24 "size" "sizes",
    Style 25 "style" "styles",
    Subscription 26 "subscription" "subscription",
    User 27 "user" "users",
    Warehouse 28 "warehouse" "warehouses",
    Webhook 29 "webhook" "webhooks",
    WorkOrder 30 "workOrder" "work orders",
    Wrap 31 "wrap" "wraps",
}
