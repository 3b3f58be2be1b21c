//! A table as a question reads it: numbers that can only be a person's are covered as they leave the table, below every
//! filter, join and function of the question, so that none of these has them to probe or to take apart.

use super::veil::{Cover, cover_array, holds_text};
use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TableType, Volatility,
};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The table with every text covered. What a question filters by is compared with the covered text: no filter goes to the
/// table itself, and one that the plan moves below the cover takes the cover with it.
pub fn cover_table(table: Arc<dyn TableProvider>, cover: Arc<Cover>) -> Arc<dyn TableProvider> {
    let function = Arc::new(ScalarUDF::from(Covered { cover, signature: Signature::any(1, Volatility::Immutable) }));
    Arc::new(CoveredTable { table, function })
}

#[derive(Debug)]
struct CoveredTable {
    table: Arc<dyn TableProvider>,
    function: Arc<ScalarUDF>,
}

#[async_trait]
impl TableProvider for CoveredTable {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let scan = self.table.scan(state, projection, &[], limit).await?;
        let schema = scan.schema();
        if !schema.fields().iter().any(|field| holds_text(field.data_type())) {
            return Ok(scan);
        }
        let config = Arc::new(state.config_options().clone());
        let columns = schema.fields().iter().enumerate().map(|(at, field)| {
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), at));
            let shown = match holds_text(field.data_type()) {
                true => {
                    let (function, config) = (self.function.clone(), config.clone());
                    Arc::new(ScalarFunctionExpr::new(NAME, function, vec![column], field.clone(), config))
                }
                false => column,
            };
            ProjectionExpr::new(shown, field.name().clone())
        });
        let covered = ProjectionExec::try_new(columns.collect::<Vec<_>>(), scan.clone())?;
        // Within the scan itself where that is possible, so that rows come in the order that they would come in without it.
        Ok(scan.try_swapping_with_projection(&covered)?.unwrap_or_else(|| Arc::new(covered)))
    }
}

const NAME: &str = "covered";

/// The cover as the engine calls it. No question can name it.
#[derive(Debug)]
struct Covered {
    cover: Arc<Cover>,
    signature: Signature,
}

/// One plan has one cover.
impl PartialEq for Covered {
    fn eq(&self, other: &Covered) -> bool {
        Arc::ptr_eq(&self.cover, &other.cover)
    }
}

impl Eq for Covered {}

impl Hash for Covered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        NAME.hash(state);
    }
}

impl ScalarUDFImpl for Covered {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, of: &[DataType]) -> Result<DataType> {
        match of {
            [kind] => Ok(kind.clone()),
            _ => exec_err!("one column"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [ColumnarValue::Array(texts)] => Ok(ColumnarValue::Array(cover_array(texts, &self.cover)?)),
            [ColumnarValue::Scalar(text)] => {
                let covered = cover_array(&text.to_array_of_size(1)?, &self.cover)?;
                Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&covered, 0)?))
            }
            _ => exec_err!("one column"),
        }
    }
}
