macro_rules! resources {
    ($($(#[$meta:meta])* $name:ident $word:literal $what:literal),* $(,)?) => {
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

            /// What it is, in the plural and within a sentence.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what),* }
            }
        }
    };
}

resources! {
    Adaptor "adaptor" "adaptors",
    ApiKey "apiKey" "API keys",
    Audit "audit" "record of who changed what",
    Brand "brand" "brands",
    Component "component" "components",
    /// A price without it shows neither.
    Cost "cost" "costs and margins",
    CrimpFitting "crimpFitting" "crimp fittings",
    Customer "customer" "customers",
    Ferrule "ferrule" "ferrules",
    Gender "gender" "genders",
    Hose "hose" "hoses",
    HoseAssembly "hoseAssembly" "hose assemblies",
    HoseKit "hoseKit" "hose kits",
    Image "image" "images",
    Inventory "inventory" "inventory",
    Item "item" "items",
    Organization "organization" "organization and its settings",
    OtherItem "otherItem" "other items",
    PriceList "priceList" "price lists",
    Project "project" "projects",
    Role "role" "roles",
    SalesEstimate "salesEstimate" "sales estimates",
    Shape "shape" "shapes",
    Size "size" "sizes",
    Style "style" "styles",
    Subscription "subscription" "subscription",
    User "user" "users",
    Warehouse "warehouse" "warehouses",
    Webhook "webhook" "webhooks",
    WorkOrder "workOrder" "work orders",
    Wrap "wrap" "wraps",
}
