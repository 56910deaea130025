//! The example catalogue in the store: in the shared catalogue, with prices of
//! the demo organization. It is made chunk by chunk, each whole or not at all,
//! and always in the same order, so that what was cut short goes on where it stood.

use base::{Error, Id, Line, Organization, Rate, Result};
use database::{Database, Scope, Tx};
use drawing::sketch;
use hose::demo::{Catalogue, DemoCrimp, DemoPart, Scale};
use usecases::{
    Allowed, Caller, Needs,
    catalogue::{
        SHARED_CATALOGUE,
        brands::{self, Brands},
        stock::{self, PricedPart, Stock, StockedCrimp, StockedPart},
    },
    images::{self, NewImage},
};

/// How many rows are written in one unit: few enough that others are not kept waiting.
const CHUNK: usize = 128;
/// The usual currency of an organization.
const CURRENCY: &str = "USD";

/// Fills the shared catalogue, and says what its parts cost in the demo organization.
pub async fn fill(
    database: &Database,
    organization: Id<Organization>,
    scale: Scale,
    seed: u64,
) -> Result<()> {
    let catalogue = Catalogue::new(scale, seed);
    let shared = Filler { database, caller: Caller::system(SHARED_CATALOGUE, "demo") };
    let shop = Filler { database, caller: Caller::system(organization, "demo") };
    shared.make_brands(&catalogue).await?;
    shared.bring_pictures().await?;
    let (there, said) = (shared.count().await?, shop.count().await?);
    let parts = catalogue.parts().skip(there.parts).map(|part| stocked(&part));
    shared.in_chunks(parts, stock::put).await?;
    let prices = catalogue.parts().skip(said.items).map(|part| priced(&part));
    shop.in_chunks(prices, |tx, caller, all| stock::price(tx, caller, CURRENCY, all)).await?;
    let crimps = catalogue.crimps().skip(there.crimps).map(|row| crimped(&row));
    shared.in_chunks(crimps, stock::crimp).await?;
    shared.write(stock::filled).await
}

/// Who fills what of the database.
struct Filler<'a> {
    database: &'a Database,
    caller: Caller,
}

impl Filler<'_> {
    async fn write<N: Needs, T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>, &Allowed<N>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let caller = self.caller.clone().allow()?;
        let scope = Scope::Organization(self.caller.organization);
        self.database.write(scope, move |tx: &mut Tx<'_>| work(tx, &caller)).await
    }

    async fn count(&self) -> Result<Stock> {
        self.write(stock::count).await
    }

    async fn make_brands(&self, catalogue: &Catalogue) -> Result<()> {
        for brand in catalogue.brands() {
            let name =
                Line::new(&brand.name).map_err(|wrong| Error::internal("the name of a brand", wrong))?;
            self.write(move |tx, caller| match Brands::load(tx)?.named(name.as_str()) {
                Some(_) => Ok(()),
                None => brands::create(tx, caller, &name).map(drop),
            })
            .await?;
        }
        Ok(())
    }

    async fn bring_pictures(&self) -> Result<()> {
        for sketch in sketch::all() {
            let name = Line::new(&format!("demo-{}", sketch.name));
            let name = name.map_err(|wrong| Error::internal("the name of a picture", wrong))?;
            let picture = images::prepare(sketch.svg.as_bytes())?;
            let new = NewImage { name: Some(name), belongs_to: None, picture };
            self.write(move |tx, caller| images::bring(tx, caller, &new).map(drop)).await?;
        }
        Ok(())
    }

    async fn in_chunks<N: Needs, T: Clone + Send + Sync + 'static>(
        &self,
        rows: impl Iterator<Item = Result<T>>,
        work: impl Fn(&mut Tx<'_>, &Allowed<N>, &[T]) -> Result<()> + Clone + Send + 'static,
    ) -> Result<()> {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let chunk: Vec<T> = rows.by_ref().take(CHUNK).collect::<Result<_>>()?;
            let work = work.clone();
            self.write(move |tx, caller| work(tx, caller, &chunk)).await?;
        }
        Ok(())
    }
}

fn stocked(part: &DemoPart) -> Result<StockedPart> {
    Ok(StockedPart { id: Id::from_bytes(part.id), part: stock::checked(part.item_type, &part.fields)? })
}

fn priced(part: &DemoPart) -> Result<PricedPart> {
    let rate =
        |value| Rate::rounded(value).ok_or_else(|| Error::Internal("a price beyond all bounds".into()));
    Ok(PricedPart {
        id: Id::from_bytes(part.id),
        item_type: part.item_type.word(),
        cost: rate(part.cost)?,
        list_price: rate(part.list_price)?,
        unit_of_measure: part.unit_of_measure,
    })
}

fn crimped(row: &DemoCrimp) -> Result<StockedCrimp> {
    Ok(StockedCrimp {
        id: Id::from_bytes(row.id),
        hose: Id::from_bytes(row.hose),
        hose_dash: Some(row.hose_size.sixteenths()),
        values: stock::crimp_values(&row.fields)?,
    })
}
